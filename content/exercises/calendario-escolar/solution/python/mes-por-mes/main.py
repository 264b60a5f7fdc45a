DIAS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def existe(dia, mes):
    return 1 <= mes <= 12 and 1 <= dia <= DIAS[mes - 1]


def periodo(dia, mes):
    if not existe(dia, mes):
        return "inválida"
    if mes < 3 or (mes == 3 and dia == 1):
        return "receso"
    if mes < 6:
        return "primero"
    if mes < 9:
        if mes == 7 and 12 <= dia <= 25:
            return "receso"
        return "segundo"
    if mes == 12 and dia > 18:
        return "receso"
    return "tercero"
