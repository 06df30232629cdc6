"""Tests of floor 7."""
