agua = int(input())
mates = round(agua / 45)
print("mates:", mates)
print("sobran:", agua - mates * 45)
