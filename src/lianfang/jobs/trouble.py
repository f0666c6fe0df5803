"""What stops a command: a stable code, one sentence on what is wrong, one on what to do about it."""


class Trouble(Exception):
    """A command cannot go on. `code` never changes, `message` says what is wrong, `fix` is what to do about it."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(f"{message} {fix}")
        self.code = code
        self.message = message
        self.fix = fix
