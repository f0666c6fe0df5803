"""Commitment letters: a text for each regime, signed by hand, by name, through another or on paper; and checked."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from lianfang.capabilities.commitment import drawings, letterpress, standing
from lianfang.capabilities.commitment.letters import (
    ANY,
    BadLetter,
    LetterText,
    every_letter,
    letter_for,
    read_letter,
    sufficient,
)
from lianfang.capabilities.commitment.models import Commitment
from lianfang.capabilities.commitment.signing import check_code, is_intact, record_paper, sign
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.measures.models import ControlMeasure, Regime
from lianfang.core.metrics.paper.press import Press
from lianfang.core.people.models import Person
from lianfang.jobs.town import Town
from tests.golden.pdf_reader import page_lines
from tests.measures.cases import under_measure
from tests.residents.neighbours import at_the_door, with_telephone
from tests.residents.scribbles import chunk, jpeg, png, text

PUBLISHED = {
    "central/*/1": "8f32458dbe12836414dcde85d2da52856ee5ba28582c1baae8d38a59eec6789b",
    "daily_monitoring/*/1": "a8ced6af67122739000eb248c9b264684d7788beeb20e0209a3dca20828cf505",
    "home/*/1": "a9de582b56272b15e692ee8a7e5372abe3f6785513849afbfaf5291ce843ff79",
    "home_monitoring/*/1": "965284e5b300d6749d1d74081d017c77b2477378376c11b161399c06f3364048",
    "self_monitoring/*/1": "c26628ada8cbf2423f6a210c64713bb33d30388fb51faf753edb0da3ae20db13",
}
"""Digests of texts that may have been signed. Never change one: write a new version as a file of its own."""


class TestTheTexts:
    def test_exist_for_every_regime_under_any_edition(self) -> None:
        for regime in Regime.values:
            letter = letter_for(regime, "9th")
            assert letter is not None and letter.edition == ANY and "申诉" in "".join(letter.rights)
        assert letter_for("house_arrest", "9th") is None

    def test_stay_as_they_were_published(self) -> None:
        assert {one.code: one.digest for one in every_letter()} == PUBLISHED

    def test_of_an_edition_come_before_those_of_all(self) -> None:
        base = next(one for one in every_letter() if one.regime == "home")
        own = replace(base, edition="drill")
        assert letter_for("home", "drill", [base, own]) == own
        assert letter_for("home", "9th", [base, own]) == base

    def test_ask_again_only_if_the_new_version_says_so(self) -> None:
        base = next(one for one in every_letter() if one.regime == "home")
        mended = replace(base, version=2)
        changed = replace(base, version=3, asks_again=True)
        assert sufficient("home", "9th", [base, mended]) == {"home/*/1", "home/*/2"}
        assert sufficient("home", "9th", [base, mended, changed]) == {"home/*/3"}
        assert letter_for("home", "9th", [changed, base, mended]) == changed

    @pytest.mark.parametrize("wrong", ["", "regime = 1", 'regime = "home"\npromises = []\nrights = []', "x = y"])
    def test_are_refused_when_something_is_missing(self, wrong: str) -> None:
        with pytest.raises(BadLetter):
            read_letter(wrong, name="x.toml")


class TestADrawing:
    def test_is_packed_anew_without_what_it_says_beside_the_pixels(self) -> None:
        given = png(more=chunk(b"tEXt", b"Author\x00somebody"))
        kept = drawings.drawn(given)
        assert b"somebody" not in kept and drawings.drawn(kept) == kept

    @pytest.mark.parametrize(
        "wrong",
        [
            png(drawn=False),
            png(width=1300),
            png(depth=4),
            png()[:-20],
            png().replace(b"IDAT", b"IDAX"),
            jpeg(),
            b"GIF89a",
            b"",
            png()[:33] + chunk(b"IDAT", b"\x78\x9c") + chunk(b"IEND", b""),
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60, 20, 8, 6, 0, 0, 0)),
        ],
        ids=["blank", "wide", "depth", "cut", "no_pixels", "jpeg", "gif", "nothing", "damaged", "head_only"],
    )
    def test_is_refused(self, wrong: bytes) -> None:
        with pytest.raises(drawings.NoDrawing):
            drawings.drawn(wrong)

    def test_that_would_grow_beyond_its_size_is_refused(self) -> None:
        bomb = chunk(b"IDAT", zlib.compress(bytes(5_000_000)))
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60, 20, 8, 6, 0, 0, 0))
        with pytest.raises(drawings.NoDrawing):
            drawings.drawn(b"\x89PNG\r\n\x1a\n" + head + bomb + chunk(b"IEND", b""))

    def test_on_a_photograph_loses_the_place_it_was_taken_at(self) -> None:
        kept = drawings.photographed(jpeg(place=b"29.1N 118.5E"))
        assert kept.kind == "jpeg" and b"118.5E" not in kept.content and b"camera" not in kept.content


@pytest.fixture
def case(town: Town, desk: User, health: User, now: datetime) -> ControlMeasure:
    """Somebody of the first grid in home isolation since today."""
    person, _number = with_telephone(town.areas["999999001001001"].path)[0]
    return under_measure(desk, health, [person], now=now)[0]


def by_name(measure: ControlMeasure, *, now: datetime, signer: Person | None = None, **said: Any) -> Commitment:
    """The letter signed on the person's own page."""
    who = signer or measure.person
    given = {"typed_name": who.name} | said
    made = sign(at_the_door(now), measure_id=measure.id, signer_id=who.id, access_id=uuid4(), **given)
    return Commitment.objects.get(id=made["commitment"])


@pytest.mark.django_db
class TestSigning:
    def test_keeps_word_for_word_what_was_signed_sealed(self, case: ControlMeasure, now: datetime) -> None:
        kept = by_name(case, now=now)
        said = kept.content
        assert (said["person"], said["how"], said["source"]) == (case.person.name, "typed", "self")
        assert said["letter"]["promises"] and said["letter"]["digest"] == kept.letter_digest
        assert case.person.name.encode() not in bytes(kept.content_sealed)
        assert is_intact(kept) and check_code(kept.digest) == kept.check_code
        kept.digest = "0" * 64
        assert not is_intact(kept)

    def test_happens_once_for_a_text(self, case: ControlMeasure, now: datetime) -> None:
        by_name(case, now=now)
        with pytest.raises(Refusal) as refused:
            by_name(case, now=now)
        assert refused.value.code == "commitment.signed_already"

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"typed_name": "别人"}, "commitment.name_differs"),
            ({"typed_name": " "}, "commitment.wrong_way"),
            ({"drawing": text(png(drawn=False))}, "commitment.bad_drawing"),
            ({"drawing": "不是图片"}, "commitment.bad_drawing"),
        ],
    )
    def test_is_refused(self, case: ControlMeasure, now: datetime, said: dict[str, str], code: str) -> None:
        with pytest.raises(Refusal) as refused:
            by_name(case, now=now, **said)
        assert refused.value.code == code and not Commitment.objects.exists()

    def test_ends_with_the_measure(self, case: ControlMeasure, now: datetime) -> None:
        with pytest.raises(Refusal) as refused:
            by_name(case, now=case.ends_at)
        assert refused.value.code == "commitment.not_standing"

    def test_through_another_names_them(self, case: ControlMeasure, town: Town, now: datetime) -> None:
        _, (daughter, _) = with_telephone(town.areas["999999001001001"].path, 2)
        kept = by_name(case, now=now, signer=daughter, drawing="data:image/png;base64," + text(png()))
        assert (kept.source, kept.signer, kept.how) == ("proxy", daughter, "drawn")
        assert kept.content["signer"] == daughter.name and kept.picture.startswith(b"\x89PNG") and is_intact(kept)

    def test_on_paper_is_taken_down_by_the_community_alone(
        self, case: ControlMeasure, worker: User, other_worker: User, doctor: User, now: datetime
    ) -> None:
        today = timezone.localdate(now)
        said = {"measure_id": case.id, "photograph": text(jpeg()), "signed_date": today}
        with pytest.raises(NotFound):
            record_paper(Command(actor=other_worker, now=now), **said)
        with pytest.raises(NotAllowed):
            record_paper(Command(actor=doctor, now=now), **said)
        for wrong, code in (
            ({"signed_date": today + timedelta(days=1)}, "commitment.wrong_day"),
            ({"photograph": text(b"%PDF-1.7")}, "commitment.bad_photo"),
        ):
            with pytest.raises(Refusal) as refused:
                record_paper(Command(actor=worker, now=now), **said | wrong)
            assert refused.value.code == code
        record_paper(Command(actor=worker, now=now), **said)
        kept = Commitment.objects.get(measure=case)
        assert (kept.how, kept.source, kept.recorded_by) == ("paper", "staff", worker) and is_intact(kept)
        with pytest.raises(Refusal):
            sign(at_the_door(now), measure_id=case.id, signer_id=case.person_id, access_id=uuid4(), typed_name="x")


@pytest.mark.django_db
class TestWhoHasNotSigned:
    def test_is_told_until_they_have(
        self, town: Town, desk: User, health: User, worker: User, other_worker: User, now: datetime
    ) -> None:
        people = [person for person, _ in with_telephone(town.areas["999999001001001"].path, 2)]
        measures = under_measure(desk, health, people, now=now)
        assert set(standing.unsigned(worker, at=now)) == set(measures)
        assert list(standing.unsigned(other_worker, at=now)) == []
        assert standing.letter_to_sign(measures[0], signed=False, at=now) == letter_for("home", "drill")
        kept = by_name(measures[0], now=now)
        assert list(standing.unsigned(worker, at=now)) == [measures[1]]
        assert standing.signed_for(measures) == {measures[0].id: kept}
        assert list(standing.unsigned(worker, at=measures[1].ends_at)) == []

    def test_counts_a_signature_under_an_older_text_only_if_nobody_asked_again(
        self, case: ControlMeasure, now: datetime
    ) -> None:
        kept = by_name(case, now=now)
        Commitment.objects.filter(id=kept.id).update(letter="home/*/0")
        assert standing.signed_for([case]) == {}


def words_of(pdf: bytes) -> str:
    """What stands on the pages."""
    return "\n".join(line for page in page_lines(pdf) for line in page)


@pytest.mark.django_db
class TestThePrintedLetter:
    def test_carries_its_hash_and_a_code_to_check(self, case: ControlMeasure, now: datetime) -> None:
        press = Press(font_dir=settings.FONT_DIR)
        kept = by_name(case, now=now, drawing=text(png(width=300, height=120)))
        shown = words_of(letterpress.signed_pdf(press, kept, check_address="http://127.0.0.1/r/v/"))
        whole = "".join(shown.split())  # a code of wide letters may go on in the next line
        assert all(part in whole for part in kept.check_code.split("-"))
        assert kept.digest[:12] in whole and case.person.name in whole
        letter = letter_for("home", "drill")
        assert isinstance(letter, LetterText)
        blank = letterpress.blank_pdf(
            press, letter, person=case.person.name, starts_at=case.starts_at, ends_at=case.ends_at
        )
        assert "签名" in words_of(blank)
