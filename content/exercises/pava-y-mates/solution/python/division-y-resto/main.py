agua = int(input())
print("mates:", agua // 45)
print("sobran:", agua % 45)
