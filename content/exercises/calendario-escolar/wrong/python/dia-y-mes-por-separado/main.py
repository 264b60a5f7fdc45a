def periodo(dia, mes):
    if mes < 1 or mes > 12:
        return "inválida"
    ultimo = 31
    if mes == 2:
        ultimo = 28
    elif mes == 4 or mes == 6 or mes == 9 or mes == 11:
        ultimo = 30
    if dia < 1 or dia > ultimo:
        return "inválida"
    if mes < 3 or mes == 12 or dia > 18:
        return "receso"
    if mes < 6:
        return "primero"
    if mes < 9:
        return "segundo"
    return "tercero"
