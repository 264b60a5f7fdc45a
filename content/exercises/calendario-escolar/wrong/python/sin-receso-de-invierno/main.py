def periodo(dia, mes):
    if mes < 1 or mes > 12:
        return "inválida"
    ultimo = 31
    if mes == 2:
        ultimo = 28
    elif mes in (4, 6, 9, 11):
        ultimo = 30
    if dia < 1 or dia > ultimo:
        return "inválida"
    fecha = mes * 100 + dia
    if 302 <= fecha <= 531:
        return "primero"
    if 601 <= fecha <= 831:
        return "segundo"
    if 901 <= fecha <= 1218:
        return "tercero"
    return "receso"
