# expect: time_limit
# No child may be had, so the program itself spins: in whatever process, its time is counted.
import os
try:
    os.fork()
except OSError:
    pass
while True:
    pass
