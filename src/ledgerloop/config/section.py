"""What all sections of the config have in common."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, model_validator


class Section(BaseModel):
    """A frozen table of the config. Unknown keys are refused; `""` means not set, so the default applies."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, str_strip_whitespace=True, hide_input_in_errors=True
    )

    empty_means_off: ClassVar[frozenset[str]] = frozenset()
    """Keys whose default is not empty and where `""` switches the thing off instead of choosing the default."""

    @model_validator(mode="before")
    @classmethod
    def _drop_unset(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        return {
            key: value
            for key, value in data.items()
            if not (isinstance(value, str) and not value.strip() and key in cls.model_fields)
            or key in cls.empty_means_off
        }
