# expect: signalled
import os, signal
signal.signal(signal.SIGABRT, signal.SIG_DFL)
os.abort()
