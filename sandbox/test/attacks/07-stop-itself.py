# expect: idle_limit
import os, signal
os.kill(os.getpid(), signal.SIGSTOP)
print("went on")
import time
time.sleep(1000)
