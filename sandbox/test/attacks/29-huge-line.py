# expect: output_limit memory_limit
import sys
sys.stdout.write("x" * (50 << 20))
