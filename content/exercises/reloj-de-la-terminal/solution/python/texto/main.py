total = int(input())
horas = total // 60 % 24
minutos = total % 60
print(str(horas).zfill(2) + ":" + str(minutos).zfill(2))
