def totales(cosecha):
    por_surco = []
    por_dia = [0] * len(cosecha[0])
    for surco in cosecha:
        if len(surco) != len(por_dia):
            return None
        por_surco.append(sum(surco))
        for j in range(len(surco)):
            por_dia[j] += surco[j]
    return por_surco, por_dia
