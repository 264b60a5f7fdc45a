def periodo(dia, mes):
    fecha = mes * 100 + dia
    if 302 <= fecha <= 531:
        return "primero"
    if 601 <= fecha <= 711 or 726 <= fecha <= 831:
        return "segundo"
    if 901 <= fecha <= 1218:
        return "tercero"
    return "receso"
