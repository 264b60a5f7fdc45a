# expect: output_limit time_limit
import os
for _ in range(10**8):
    os.write(1, b"x")
