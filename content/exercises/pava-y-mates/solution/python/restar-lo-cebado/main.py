agua = int(input())
mates = agua // 45
sobran = agua - mates * 45
print("mates:", mates)
print("sobran:", sobran)
