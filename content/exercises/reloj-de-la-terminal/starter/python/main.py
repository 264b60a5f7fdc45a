minutos = int(input())
