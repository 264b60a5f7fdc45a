agua = int(input())
