/* Prints the offsets of a version of CPython, by its own headers. */
#define Py_BUILD_CORE 1
#define Py_BUILD_CORE_MODULE 1
#include <Python.h>
#include <stddef.h>
#include <stdio.h>
#include <frameobject.h>
#include <internal/pycore_pystate.h>
#if PY_VERSION_HEX >= 0x03090000
#include <internal/pycore_interp.h>
#include <internal/pycore_runtime.h>
#endif
#if PY_VERSION_HEX >= 0x030b0000
#include <internal/pycore_frame.h>
#endif

#define TELL(name, type, field) printf("%s %zu\n", name, offsetof(type, field))

int main(void) {
#if PY_VERSION_HEX >= 0x030b0000
    TELL("threads", PyInterpreterState, threads.head);
    TELL("outer", _PyInterpreterFrame, previous);
    TELL("owner", _PyInterpreterFrame, owner);
    TELL("lines", PyCodeObject, co_linetable);
    TELL("bytecode", PyCodeObject, co_code_adaptive);
#else
    TELL("threads", struct _is, tstate_head);
    TELL("outer", PyFrameObject, f_back);
    TELL("code", PyFrameObject, f_code);
    TELL("instruction", PyFrameObject, f_lasti);
    TELL("bytecode", PyCodeObject, co_code);
#if PY_VERSION_HEX >= 0x030a0000
    TELL("lines", PyCodeObject, co_linetable);
#else
    TELL("lines", PyCodeObject, co_lnotab);
#endif
    TELL("frame", PyThreadState, frame);
#endif
#if PY_VERSION_HEX >= 0x030c0000 && PY_VERSION_HEX < 0x030e0000
    TELL("version", PyCodeObject, co_version);
#endif
#if PY_VERSION_HEX >= 0x030d0000
    TELL("code", _PyInterpreterFrame, f_executable);
    TELL("instruction", _PyInterpreterFrame, instr_ptr);
    TELL("frame", PyThreadState, current_frame);
#elif PY_VERSION_HEX >= 0x030b0000
    TELL("code", _PyInterpreterFrame, f_code);
    TELL("instruction", _PyInterpreterFrame, prev_instr);
    TELL("holder", PyThreadState, cframe);
    TELL("frame", _PyCFrame, current_frame);
#endif
    TELL("interpreters", _PyRuntimeState, interpreters.head);
#if PY_VERSION_HEX >= 0x030b0000
    TELL("next_interpreter", PyInterpreterState, next);
#else
    TELL("next_interpreter", struct _is, next);
#endif
    TELL("previous_thread", PyThreadState, prev);
    TELL("next_thread", PyThreadState, next);
    TELL("interpreter", PyThreadState, interp);
    TELL("thread_id", PyThreadState, thread_id);
    TELL("filename", PyCodeObject, co_filename);
    TELL("name", PyCodeObject, co_name);
    TELL("first_line", PyCodeObject, co_firstlineno);
    TELL("TYPE", PyObject, ob_type);
    TELL("TYPE_NAME", PyTypeObject, tp_name);
    TELL("SIZE", PyVarObject, ob_size);
    TELL("BYTES_HASH", PyBytesObject, ob_shash);
    TELL("BYTES", PyBytesObject, ob_sval);
    TELL("LENGTH", PyASCIIObject, length);
    TELL("TEXT_HASH", PyASCIIObject, hash);
    TELL("TEXT_STATE", PyASCIIObject, state);
    printf("ascii %zu\n", sizeof(PyASCIIObject));
    printf("compact %zu\n", sizeof(PyCompactUnicodeObject));
    return 0;
}
