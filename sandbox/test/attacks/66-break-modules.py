# expect: held
import sys
print("held")
sys.stdout.flush()
sys.modules.clear()
