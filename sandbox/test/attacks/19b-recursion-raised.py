# expect: signalled memory_limit
import sys
sys.setrecursionlimit(10**9)
class A:
    def __eq__(self, other):
        return [self] == [other] and self == other
def f(n):
    return sorted([n], key=f)
f(0)
