"""Faults that deploy/tests/chaos makes happen, a module for each kind."""
