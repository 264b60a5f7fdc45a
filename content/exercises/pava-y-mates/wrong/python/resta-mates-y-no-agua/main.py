agua = int(input())
mates = agua // 45
print("mates:", mates)
print("sobran:", agua - mates)
