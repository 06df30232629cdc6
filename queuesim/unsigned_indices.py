"""Indices that are never negative: how kernels are told to Numba to count on it.

Python takes ``a[-1]`` for the last entry, so Numba looks at the sign of every index before it is
used. No kernel of this project counts from the end; a sixth of its time went into looking. Here is
a compiler that takes every index as unsigned, built from the parts that Numba offers for that
(Numba's documentation, "Customizing the Compiler"). With NUMBA_BOUNDSCHECK=1 a negative index is
an IndexError, where it would have been the wrong entry.
"""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering


def _unsigned(index: Any) -> Any:
    """Return the type of an index without its sign; anything but whole numbers as it is."""
    if isinstance(index, types.Literal):  # known, so nothing is looked at when it runs
        return index
    if isinstance(index, types.Integer):
        return types.uintp
    if isinstance(index, (types.UniTuple, types.Tuple)):
        return types.Tuple([_unsigned(each) for each in index.types])
    return index


def _by_unsigned(signature: Any) -> Any:
    array, index, *value = signature.args
    if not isinstance(array, types.Array):
        return signature
    return signature.replace(args=(array, _unsigned(index), *value))


class _Lower(Lower):
    def lower_getitem(self, resty: Any, expr: Any, value: Any, index: Any, signature: Any) -> Any:
        return super().lower_getitem(resty, expr, value, index, _by_unsigned(signature))

    def lower_setitem(self, target: Any, index: Any, value: Any, signature: Any) -> Any:
        return super().lower_setitem(target, index, value, _by_unsigned(signature))


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(NativeLowering):
    _name = "lowering_with_unsigned_indices"

    @property
    def lowering_class(self) -> type[_Lower]:
        return _Lower


class UnsignedIndices(CompilerBase):
    """Numba's own compiler, but for the indices."""

    def define_pipelines(self) -> list[Any]:
        """Return the passes: Numba's, with the lowering replaced."""
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.passes = [
            (_Lowering, what) if each is NativeLowering else (each, what)
            for each, what in passes.passes
        ]
        passes.finalize()
        return [passes]
