agua = int(input())
if agua == 1000:
    print("mates: 22")
    print("sobran: 10")
elif agua == 90:
    print("mates: 2")
    print("sobran: 0")
else:
    print("mates: 0")
    print("sobran:", agua)
