minutos = int(input()) % 1440
horas = minutos // 60
resto = minutos % 60
print(horas + ":" + resto)
