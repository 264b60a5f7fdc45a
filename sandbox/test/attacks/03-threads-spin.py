# expect: process_limit time_limit
import threading
def spin():
    while True:
        pass
for _ in range(200):
    threading.Thread(target=spin, daemon=True).start()
spin()
