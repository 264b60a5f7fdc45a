minutos = input()
horas = minutos // 60 % 24
resto = minutos % 60
print(f"{horas:02d}:{resto:02d}")
