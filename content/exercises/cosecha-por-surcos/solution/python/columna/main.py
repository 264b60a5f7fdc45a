def total_del_dia(cosecha, dia):
    suma = 0
    for surco in cosecha:
        suma += surco[dia]
    return suma


def totales(cosecha):
    dias = 0
    por_surco = []
    for surco in cosecha:
        if por_surco and len(surco) != dias:
            return None
        dias = len(surco)
        por_surco.append(sum(surco))
    por_dia = []
    for dia in range(dias):
        por_dia.append(total_del_dia(cosecha, dia))
    return por_surco, por_dia
