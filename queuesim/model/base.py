"""What every part of the model has in common: frozen, strict, and kind about wrong input.

Pydantic finds the faults, `queuesim.model.translation` says them in a planner's words. Each part
translates its own, because it knows its own fields; the part around it only puts its own name in
front of the path. So one `ScenarioError` lists everything that is wrong in a whole scenario.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from inspect import Parameter, Signature
from typing import Any, NoReturn, Self, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import core_schema

from queuesim.model.faults import Fault, Faults, plain
from queuesim.model.translation import scenario_error, translated

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class FixedDict(dict[K, V]):
    """A dict that cannot be changed, and so can be hashed. Equal to any dict with the same
    content."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError(
            "this table is part of a frozen scenario; build a new one with Scenario.change"
        )

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FixedDict[K, V]], tuple[dict[K, V]]]:
        return type(self), (dict(self),)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        key, value = get_args(source) or (Any, Any)
        return core_schema.no_info_after_validator_function(cls, handler(dict[key, value]))  # type: ignore[valid-type]


class Model(BaseModel):
    """A frozen, checked statement of fact. Built by keyword; wrong input is one `ScenarioError`."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        ser_json_inf_nan="constants",
        hide_input_in_errors=True,
        regex_engine="python-re",
    )

    def __init__(self, *by_place: Any, **data: Any) -> None:
        if by_place:
            raise TypeError(f"{type(self).__name__} is built by keyword: {self._example()}")
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise scenario_error(type(self), data, error) from None

    # Pydantic would call this for nested parts too, and the search would end at the first bad one.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        # For help(): names and defaults. Types are in the docstring; Pydantic's would bury them.
        cls.__signature__ = Signature(list(cls._parameters()))

    @classmethod
    def _parameters(cls) -> Iterator[Parameter]:
        fields = {name: each for name, each in cls.model_fields.items() if not cls._is_tag(name)}
        for name, field in sorted(fields.items(), key=lambda item: not item[1].is_required()):
            default = Parameter.empty if field.is_required() else field.default
            yield Parameter(name, Parameter.KEYWORD_ONLY, default=default)

    @classmethod
    def _is_tag(cls, name: str) -> bool:
        """Whether a field only tells parts of a union apart: a ``kind`` that can be one thing."""
        return name == "kind" and len(get_args(cls.model_fields[name].annotation)) == 1

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Build from a dict; wrong input is a `ScenarioError`."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise scenario_error(cls, obj, error) from None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Build from JSON text; wrong input is a `ScenarioError`."""
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as error:
            raise scenario_error(cls, {}, error) from None

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy; whatever is updated is checked again."""
        if not update:
            return super().model_copy(deep=deep)
        return type(self)(**{**self._fields(), **update})

    @model_validator(mode="wrap")
    @classmethod
    def _built(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(data, Model):
            if not isinstance(data, cls):
                raise Fault(f"must be {_a(cls.__name__)}, not {_a(type(data).__name__)}")
            return handler(data)
        data = cls._shorthand(plain(data))
        if not isinstance(data, dict):
            raise Fault(f"must be {_a(cls.__name__)}", f"write {cls._example()}")
        try:
            made = handler(data)
        except ValidationError as error:
            raise Faults(translated(cls, data, error)) from None
        faults = list(made._check())
        if faults:
            raise Faults(faults)
        return made

    @classmethod
    def _shorthand(cls, data: Any) -> Any:
        """Turn a documented short form into a dict of fields. A hook for the parts that have
        one."""
        return data

    @classmethod
    def _example(cls) -> str:
        required = [name for name, field in cls.model_fields.items() if field.is_required()]
        return f"{cls.__name__}({', '.join(f'{name}=…' for name in required)})"

    def _check(self) -> Iterator[Fault]:
        """Find faults between fields that are each allowed alone. A hook for the parts."""
        yield from ()

    def _fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in type(self).model_fields}

    def _default_of(self, name: str) -> Any:
        """Return what a field is when it is left out. A hook where that depends on others."""
        return type(self).model_fields[name].default

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or type(self) is not type(other):
            return NotImplemented
        return self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash((type(self).__name__, *self._fields().values()))

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if not self._is_tag(name) and value != self._default_of(name):
                yield name, value

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(
            f"{type(self).__name__} is frozen: {name!r} cannot be set. Build a new one, "
            f"or use Scenario.change(path, value)"
        )

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be deleted")

    def __getstate__(self) -> dict[Any, Any]:
        # Cached arrays are dropped: they are derived, and would only make pickles large.
        return {**super().__getstate__(), "__dict__": self._fields()}

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self

    def __copy__(self) -> Self:
        return self


def _a(noun: str) -> str:
    if noun.endswith("s"):
        return noun
    return f"{'an' if noun[:1] in 'AEIOU' else 'a'} {noun}"
