agua = input()
print("mates:", agua // 45)
print("sobran:", agua - agua // 45 * 45)
