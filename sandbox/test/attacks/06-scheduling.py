# expect: held
import os
def refused(f, *a):
    try:
        f(*a)
    except PermissionError:
        return
    raise SystemExit("open: " + f.__name__)
refused(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(10))
refused(os.nice, -20)
refused(os.setpriority, os.PRIO_PROCESS, 0, -20)
refused(os.sched_setaffinity, 0, [0])
print("held")
