"""State machines as tables: one line of data per transition, drawn into the docs from the same line."""

from __future__ import annotations

from dataclasses import dataclass


class UnableToAdvance(ValueError):
    """The verb does not lead anywhere from this state."""

    code = "lifecycle.unable"

    def __init__(self, lifecycle: str, verb: str, state: str) -> None:
        super().__init__(f"{lifecycle}: {verb} is not possible in state {state}")
        self.verb = verb
        self.state = state


@dataclass(frozen=True, slots=True)
class Transition:
    """`verb` leads from any of `sources` to `target` and needs `permission`."""

    verb: str
    sources: tuple[str, ...]
    target: str
    permission: str


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """All transitions of one ledger."""

    name: str
    transitions: tuple[Transition, ...]

    def transition(self, verb: str, state: str) -> Transition:
        """The transition `verb` makes from `state`. Raises `UnableToAdvance`."""
        for transition in self.transitions:
            if transition.verb == verb and state in transition.sources:
                return transition
        raise UnableToAdvance(self.name, verb, state)

    def target(self, verb: str, state: str) -> str:
        """The state after `verb`. Raises `UnableToAdvance`."""
        return self.transition(verb, state).target

    def sources(self, verb: str) -> tuple[str, ...]:
        """States in which `verb` is possible."""
        return tuple(s for t in self.transitions if t.verb == verb for s in t.sources)

    def allowed(self, state: str) -> tuple[str, ...]:
        """Verbs that are possible in `state`."""
        return tuple(t.verb for t in self.transitions if state in t.sources)

    def as_mermaid(self) -> str:
        """The table as a Mermaid state diagram, for the docs."""
        lines = [f"    {s} --> {t.target}: {t.verb}" for t in self.transitions for s in t.sources]
        return "\n".join(["stateDiagram-v2", *lines])
