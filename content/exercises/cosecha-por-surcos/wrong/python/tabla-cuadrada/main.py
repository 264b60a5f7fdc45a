def totales(cosecha):
    por_surco = []
    por_dia = []
    for surco in cosecha:
        if len(surco) != len(cosecha[0]):
            return None
        por_surco.append(sum(surco))
    for j in range(len(cosecha)):
        suma = 0
        for surco in cosecha:
            suma += surco[j]
        por_dia.append(suma)
    return por_surco, por_dia
