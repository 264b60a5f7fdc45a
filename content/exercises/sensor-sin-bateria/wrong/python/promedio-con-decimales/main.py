manana = int(input())
tarde = int(input())
noche = int(input())
suma = manana + tarde + noche
promedio = suma / 3
print("suma:", suma)
print("promedio:", promedio)
if promedio < 20:
    print("estado: cambiar")
else:
    print("estado: bien")
