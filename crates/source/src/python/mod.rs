//! CPython: frames, code objects and line tables.
