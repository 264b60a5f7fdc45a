# expect: runtime_error ValueError
import sys
sys.excepthook = None
del sys.stderr
raise ValueError("x")
