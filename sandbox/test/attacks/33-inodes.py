# expect: runtime_error OSError
import os
i = 0
while True:
    os.close(os.open("/work/i%d" % i, os.O_CREAT | os.O_WRONLY))
    i += 1
