manana = int(input())
tarde = input()
noche = input()
suma = manana + tarde + noche
promedio = int(suma) // 3
print("suma:", suma)
print("promedio:", promedio)
if promedio < 20:
    print("estado: cambiar")
else:
    print("estado: bien")
