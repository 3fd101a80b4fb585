"""What can be wrong with a config, said so that a person can mend it without asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CODES = {
    "config_not_found": "There is no config file at the path given.",
    "config_unreadable": "The config file is there but cannot be read.",
    "config_syntax": "The config file is not valid TOML.",
    "config_unknown_key": "A key that Ledgerloop does not know.",
    "config_missing": "A key that must be set is missing or empty.",
    "config_type": "A value of the wrong kind, such as a text where a number belongs.",
    "config_value": "A value that is not allowed.",
    "config_env_missing": "An `env:NAME` names an environment variable that is not set.",
    "config_file_unreadable": "A `file:PATH` names a file that cannot be read.",
    "config_insecure_url": "An address that would send secrets in plain text.",
    "config_duplicate": "Two things carry the same name.",
    "config_auth": "The credentials of a remote are missing, incomplete or given twice.",
    "config_private_key": "The private key cannot be used to sign.",
    "config_conflict": "Two settings contradict each other.",
}
"""Every code a config problem can have, with what it means. Each has a heading in docs/errors.md."""


@dataclass(frozen=True)
class Problem:
    """One mistake. `value` is safe to print: secrets are masked already. It is empty when there is none to show."""

    code: str
    key: str
    problem: str
    remedy: str
    value: str = ""

    def __str__(self) -> str:
        shown = f" (found: {self.value})" if self.value else ""
        return f"{self.key}: {self.problem}{shown}. {self.remedy} [{self.code}]"


class ConfigError(Exception):
    """The config cannot be used; `problems` holds everything wrong with it, in the order of the file's sections."""

    def __init__(self, problems: Sequence[Problem], source: Path | None = None) -> None:
        self.problems = tuple(problems)
        self.source = source
        super().__init__(render_problems(self.problems, source))


def render_problems(problems: Sequence[Problem], source: Path | None = None) -> str:
    """Print problems as plain text, three lines each: key and code, what is wrong, what to do."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    where = f" in {source}" if source else ""
    lines = [f"The config cannot be used: {count}{where}."]
    for problem in problems:
        shown = f" Found: {problem.value}" if problem.value else ""
        lines += [
            "",
            f"  {problem.key}  [{problem.code}]",
            f"    {_sentence(problem.problem)}{shown}",
            f"    -> {_sentence(problem.remedy)}",
        ]
    return "\n".join(lines)


def _sentence(text: str) -> str:
    if "_" not in text.split(" ", 1)[0]:
        text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
