altura = float(input())
porcentaje = int(input())
recorrido = altura
rebotes = 0
while altura >= 1:
    altura = altura * porcentaje / 100
    rebotes = rebotes + 1
    recorrido = recorrido + 2 * altura
print("rebotes:", rebotes)
print("recorrido:", recorrido)
