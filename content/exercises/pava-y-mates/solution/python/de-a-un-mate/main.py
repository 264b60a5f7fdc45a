agua = int(input())
mates = 0
while agua >= 45:
    agua = agua - 45
    mates = mates + 1
print("mates:", mates)
print("sobran:", agua)
