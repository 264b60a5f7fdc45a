precio = int(input())
