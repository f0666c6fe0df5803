"""State machines as tables."""

from __future__ import annotations

import pytest

from lianfang.kernel.lifecycle import Lifecycle, Transition, UnableToAdvance

CALL = Lifecycle(
    name="call",
    transitions=(
        Transition(verb="accept", sources=("new",), target="accepted", permission="work.accept"),
        Transition(verb="submit", sources=("accepted", "returned"), target="submitted", permission="work.submit"),
        Transition(verb="return", sources=("submitted",), target="returned", permission="work.verify"),
    ),
)


class TestALifecycle:
    def test_leads_from_state_to_state(self) -> None:
        assert CALL.target("accept", "new") == "accepted"
        assert CALL.target("submit", "returned") == "submitted"

    def test_offers_what_is_possible(self) -> None:
        assert [CALL.allowed(state) for state in ("new", "returned", "closed")] == [("accept",), ("submit",), ()]

    @pytest.mark.parametrize(("verb", "state"), [("accept", "submitted"), ("close", "new")])
    def test_refuses_what_is_not(self, verb: str, state: str) -> None:
        with pytest.raises(UnableToAdvance) as refused:
            CALL.target(verb, state)
        assert (refused.value.code, refused.value.verb, refused.value.state) == ("lifecycle.unable", verb, state)

    def test_draws_itself(self) -> None:
        drawing = CALL.as_mermaid().splitlines()
        assert drawing[0] == "stateDiagram-v2"
        assert "    returned --> submitted: submit" in drawing
        assert len(drawing) == 5
