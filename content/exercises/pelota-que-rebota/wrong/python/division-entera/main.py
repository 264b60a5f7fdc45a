altura = float(input())
porcentaje = int(input())
recorrido = altura
rebotes = 0
rebote = altura * porcentaje // 100
while rebote >= 1:
    rebotes = rebotes + 1
    recorrido = recorrido + 2 * rebote
    rebote = rebote * porcentaje // 100
print("rebotes:", rebotes)
print("recorrido:", recorrido)
