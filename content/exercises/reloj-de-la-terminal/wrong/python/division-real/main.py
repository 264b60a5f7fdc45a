minutos = int(input()) % 1440
horas = minutos / 60
resto = minutos - horas * 60
print(f"{horas:02}:{resto:02}")
