# expect: idle_limit
import time
time.sleep(1000)
