altura = float(input())
porcentaje = int(input())
recorrido = altura
rebotes = 0
while True:
    altura = altura * porcentaje / 100
    if altura < 1:
        break
    recorrido += altura + altura
    rebotes += 1
print("rebotes:", rebotes)
print("recorrido:", recorrido)
