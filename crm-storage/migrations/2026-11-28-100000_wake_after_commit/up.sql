-- Who notifies holds a lock of the whole database until their commit is on the disk: of all who queue jobs, one committed after the
-- other. The program tells the workers itself, after the commit. See docs/decisions/0042.
drop trigger jobs_wake_workers on jobs;
-- Nobody called it but the trigger.
-- squawk-ignore ban-drop-function
drop function wake_workers();
