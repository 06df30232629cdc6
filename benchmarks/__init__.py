"""Benchmarks: how fast queuesim is, on answers that are checked, beside peers in the same run.

    python -m benchmarks --short              a minute: every small case, no peers needed
    python -m benchmarks --peers              the peers of the `benchmarks` extra too
    python -m benchmarks --case day --phase kernel --json output/day.json

What is measured: `cases` × phases. How: `timing`. Against whom: `contests`, `peers`. What the
project claims of it: `claims`. `growth` varies one size at a time, `memory` looks at whole
processes.
"""
