# What the files for schools' tools say: JUnit, Gradescope, Classroom 50, check50, Moodle.

format-skipped = not run
format-hidden = This case is hidden: you see its name and its points only.
format-no-submission = Nothing was handed in that can be run.
format-does-not-compile = It does not compile.
format-comment = Your teacher says: { $comment }
format-late = Handed in late.
format-unsafe = This ran without a sandbox ({ $because }), so it is no proof against a program that cheats.
format-pending = Grading has not come to this submission yet. It is not a zero.
format-unknown = The machine failed, so nobody knows what this earns. It is not a zero: it must be graded again.
format-unknown-because = The machine failed, so nobody knows what this earns. It is not a zero: it must be graded again. What failed: { $why }
format-points = { $earned } of { $of } points
format-passed = passed
format-failed = did not pass

autograder-failed = The machine failed, or this container does not allow what grading needs; the lines above say what. No points were given. If there can be no sandbox here, make the zip again with --unsafe.
autograder-too-old = This binary does not run in this image: choose a newer one of Ubuntu for the autograder, or make the zip with a socklab that was built on an older system.
autograder-written = { $file } is written ({ $mib } MiB).
autograder-next = On Gradescope: a programming assignment with { $points } autograder points; Configure Autograder, Zip file upload, this file.
autograder-next-pack = On Gradescope: a programming assignment with { $points } autograder points and those of the hidden cases; Configure Autograder, Zip file upload, this file.
autograder-sandbox = A container of Gradescope may not allow a sandbox. Then nothing is graded, and the log says why: make the zip again with --unsafe, which marks every result.
autograder-pack = the pack in { $folder } could not be read: { $why }
arg-grade-gradescope_zip = Grades nothing: writes a zip for Gradescope's autograder, with this exercise, the pack and socklab itself
